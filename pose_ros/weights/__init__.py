"""Network weights: what there is, where it lies, whether it is what it should be, and how to get it."""
from pose_ros.weights.registry import (
    CHECKPOINTS,
    Weights,
    cache_folder,
    check_ending,
    entry_of,
    file_of,
    find_weights,
    list_weights,
    locate,
    register,
    sha256_of,
    verify,
)

__all__ = ['CHECKPOINTS', 'Weights', 'cache_folder', 'check_ending', 'entry_of', 'file_of', 'find_weights',
           'list_weights', 'locate', 'register', 'sha256_of', 'verify']
