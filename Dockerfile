# The nodes on ROS 2 Jazzy, showing the arena; docs/container.md says more.
#   docker build --tag yolo_deepsort_ros .
#   docker run --rm --init --shm-size=256m yolo_deepsort_ros
FROM ros:jazzy

WORKDIR /workspace/src/yolo_deepsort_ros
# The dependencies first: they change less often than the sources.
COPY package.xml .
RUN apt-get update \
    && rosdep update --rosdistro jazzy \
    && rosdep install --from-paths . --ignore-src --default-yes \
        --dependency-types=build --dependency-types=exec \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN . /opt/ros/jazzy/setup.sh \
    && cd /workspace \
    && colcon build --packages-select yolo_deepsort_ros

# Cameras belong to the group video.
RUN useradd --create-home --groups video robot
USER robot
ENV ROS_LOG_DIR=/tmp/ros
WORKDIR /home/robot
# As Ctrl-C: `ros2 launch` ends its nodes in order.
STOPSIGNAL SIGINT
ENTRYPOINT ["/ros_entrypoint.sh", "bash", "-c", "source /workspace/install/setup.bash && exec \"$@\"", "bash"]
CMD ["ros2", "launch", "yolo_deepsort_ros", "tracking.launch.py", "source:=arena", "composed:=true"]
