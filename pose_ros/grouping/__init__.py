"""Maps -> persons: heatmap peaks, candidate limbs scored along part affinity fields, matching, assembly. No torch."""
from pose_ros.grouping.paf import group, group_maps
from pose_ros.grouping.settings import PafSettings

__all__ = ['PafSettings', 'group', 'group_maps']
