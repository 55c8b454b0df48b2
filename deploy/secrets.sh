#!/bin/sh
# Makes the passwords that docker-compose.yml hands to its services; those that are there stay as they are.
# The folder is its owner's alone. The files in it can be read by the services, each under a user of its own.
set -eu
cd "$(dirname "$0")"
mkdir -p -m 700 secrets
umask 022
for name in postgres_password redis_password secret_key; do
  [ -s "secrets/$name" ] && continue
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' > "secrets/$name.new"
  chmod 444 "secrets/$name.new"
  mv "secrets/$name.new" "secrets/$name"
  echo "Made deploy/secrets/$name"
done
