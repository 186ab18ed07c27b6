"""Maps -> persons: heatmap peaks, candidate limbs scored along part affinity fields, matching, assembly. No torch."""
from pose_ros.grouping.paf import group, group_maps
from pose_ros.grouping.settings import GroupingSettings, PafSettings

__all__ = ['GroupingSettings', 'PafSettings', 'group', 'group_maps']
