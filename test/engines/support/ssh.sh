#!/bin/sh
# In place of ssh: `ssh.sh HOST COMMAND ...` runs the command here, and notes the host. As sshd does, it says which shell is the user's:
# without that, parallel would run nothing on a host, and call it done.
host=$1
shift
if [ "$1" = -- ]; then shift; fi
echo "$host" >> "$SSH_LOG"
SHELL=/bin/sh exec sh -c "$*"
