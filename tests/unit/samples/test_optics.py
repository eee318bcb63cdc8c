from __future__ import annotations

import numpy as np
import pytest

from samples.optics import MOTORCYCLE_PLATE_HEIGHT, Pose, aim


@pytest.mark.parametrize("yaw", [-0.05, 0.0, 0.08])
def test_the_camera_meets_scale_and_lower_edge(yaw: float) -> None:
    pose = Pose(x=1.0, distance=30.0, height=5.2, yaw=yaw, roll=0.0, plate_px=30.0, nearest_y=-6.0)
    camera = aim(pose, (1280, 720))
    plate = camera.project(np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 0.5 + MOTORCYCLE_PLATE_HEIGHT]]))
    assert plate[0, 1] - plate[1, 1] == pytest.approx(30.0, abs=0.05)
    # Straight ahead of the camera, 24 m away, the road touches the lower edge.
    spot = np.array([[1.0 + 24 * np.sin(yaw), -30.0 + 24 * np.cos(yaw), 0.0]])
    assert camera.project(spot)[0] == pytest.approx((640.0, 720.0), abs=0.5)


def test_the_road_homography_is_the_projection_at_height_zero() -> None:
    camera = aim(Pose(2.0, 28.0, 5.0, -0.05, 0.01, 29.0, -6.2), (1280, 720))
    points = np.array([[-2.0, -4.0, 0.0], [2.0, 9.0, 0.0], [0.3, 0.0, 0.0]])
    flat = np.column_stack([points[:, :2], np.ones(3)]) @ camera.road_to_image.T
    assert camera.project(points) == pytest.approx(flat[:, :2] / flat[:, 2:], abs=1e-9)
