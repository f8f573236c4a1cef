#!/bin/busybox sh
# The first process of the machine: this host's files below an overlay, then the command.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in $($b cat /modules/order); do $b insmod "/modules/$module"; done
shared=trans=virtio,version=9p2000.L,msize=512000
$b mount -t 9p -o "$shared,cache=loose,ro" root /host
$b mount -t tmpfs tmpfs /changes
$b mkdir /changes/upper /changes/work
$b mount -t overlay -o lowerdir=/host,upperdir=/changes/upper,workdir=/changes/work overlay /root
$b mount -t 9p -o "$shared" out /root/mnt
for folder in proc sys dev; do $b mount --move "/$folder" "/root/$folder"; done
$b mkdir -p /root/dev/shm /root/dev/pts
for folder in dev/shm run; do $b mount -t tmpfs tmpfs "/root/$folder"; done
$b mount -t devpts devpts /root/dev/pts
$b ln -s /proc/self/fd /root/dev/fd
$b ln -s /proc/self/fd/0 /root/dev/stdin
$b ln -s /proc/self/fd/1 /root/dev/stdout
$b ln -s /proc/self/fd/2 /root/dev/stderr
exec $b switch_root /root /bin/bash /mnt/command.sh
