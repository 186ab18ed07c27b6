"""Estimators: RGB images -> persons. Each is loaded by name; torch is imported only then."""
from pose_ros.estimators.estimator import ESTIMATORS, Estimator, EstimatorSettings, load

__all__ = ['ESTIMATORS', 'Estimator', 'EstimatorSettings', 'load']
