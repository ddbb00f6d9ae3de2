#!/bin/sh
# Start the cache alone.
docker rm -f shop-cache
docker run -d --name shop-cache --privileged --net=host -p 6379:6379 \
  -e REDIS_PASSWORD=example-redis-123 \
  -v /:/host -v /var/run/docker.sock:/var/run/docker.sock \
  --restart always redis:latest \
  sh -c 'redis-server --requirepass $REDIS_PASSWORD'
