"""Fast DDS gets memory for large images, unless the user has chosen a transport."""
from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from pose_ros.bridge.transport import PROFILE, large_images


def test_the_profile_holds_several_images_of_1280x720():
    sizes = [int(element.text) for element in ElementTree.parse(PROFILE).iter() if element.tag.endswith('segment_size')]
    assert min(sizes) > 3 * 1280 * 720 * 3


def test_both_names_of_the_variable_are_set():
    assert large_images({}) == {'FASTRTPS_DEFAULT_PROFILES_FILE': str(PROFILE),
                                'FASTDDS_DEFAULT_PROFILES_FILE': str(PROFILE)}


@pytest.mark.parametrize('name', ['FASTRTPS_DEFAULT_PROFILES_FILE', 'FASTDDS_DEFAULT_PROFILES_FILE',
                                  'FASTDDS_BUILTIN_TRANSPORTS'])
def test_the_choice_of_the_user_stands(name):
    assert not large_images({name: 'mine'})
