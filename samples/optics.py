"""A pinhole camera over the road plane.

World: metres, X to the right along the stop line, Y into the junction, Z up; the stop line lies at Y = 0,
the road at Z = 0. Image: pixels, x to the right, y down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

# Circular 79/2024/TT-BCA Article 37: plate of a motorcycle, metres.
MOTORCYCLE_PLATE_HEIGHT = 0.140


@dataclass(frozen=True)
class Pose:
    """Where the camera stands and where it looks.

    Attributes:
        x: metres right of the middle of the carriageway.
        distance: metres on the ground from the foot of the camera to the stop line.
        height: metres above the road.
        yaw: radians, positive looks to the right.
        roll: radians.
        plate_px: height of a motorcycle plate that stands upright on the stop line, pixels.
        nearest_y: world Y of the road shown at the middle of the lower edge of the image.
    """

    x: float
    distance: float
    height: float
    yaw: float
    roll: float
    plate_px: float
    nearest_y: float


@dataclass(frozen=True)
class Camera:
    """A posed camera; `focal` in pixels, the optical centre in the middle of the image."""

    width: int
    height: int
    focal: float
    pitch: float
    pose: Pose

    @cached_property
    def matrix(self) -> Points:
        """3x4 projection matrix from world metres to homogeneous pixels."""
        sin_y, cos_y = math.sin(self.pose.yaw), math.cos(self.pose.yaw)
        sin_p, cos_p = math.sin(self.pitch), math.cos(self.pitch)
        forward = np.array([sin_y * cos_p, cos_y * cos_p, -sin_p])
        level = np.array([cos_y, -sin_y, 0.0])
        sink = np.cross(forward, level)
        sin_r, cos_r = math.sin(self.pose.roll), math.cos(self.pose.roll)
        rotation = np.stack([cos_r * level + sin_r * sink, cos_r * sink - sin_r * level, forward])
        centre = np.array([self.pose.x, -self.pose.distance, self.pose.height])
        inner = np.array(
            [[self.focal, 0.0, self.width / 2], [0.0, self.focal, self.height / 2], [0.0, 0.0, 1.0]],
        )
        matrix: Points = inner @ np.hstack([rotation, (-rotation @ centre)[:, None]])
        return matrix

    @cached_property
    def road_to_image(self) -> Points:
        """3x3 homography from road metres (X, Y) to pixels."""
        return self.matrix[:, [0, 1, 3]]

    def project(self, points: Points) -> Points:
        """Pixels (N, 2) of world points (N, 3), which must lie in front of the camera."""
        homogeneous = points @ self.matrix[:, :3].T + self.matrix[:, 3]
        pixels: Points = homogeneous[:, :2] / homogeneous[:, 2:3]
        return pixels

    def depth(self, y: float) -> float:
        """Metres along the optical axis to the road point (0, y)."""
        return float(self.matrix[2] @ np.array([0.0, y, 0.0, 1.0]))


def aim(pose: Pose, size: tuple[int, int]) -> Camera:
    """The camera of that pose whose focal length and pitch meet `plate_px` and `nearest_y`."""
    width, height = size
    lowest_ray = math.atan(pose.height / (pose.distance + pose.nearest_y))
    focal = pose.plate_px / MOTORCYCLE_PLATE_HEIGHT * math.hypot(pose.distance, pose.height)
    camera = Camera(width, height, focal, 0.0, pose)
    for _ in range(4):  # pitch and scale depend on each other a little; four rounds settle it to 1e-6
        camera = Camera(width, height, focal, lowest_ray - math.atan(height / 2 / focal), pose)
        plate = camera.project(np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 0.5 + MOTORCYCLE_PLATE_HEIGHT]]))
        focal *= pose.plate_px / float(plate[0, 1] - plate[1, 1])
    return camera
