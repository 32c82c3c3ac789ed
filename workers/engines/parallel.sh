#!/usr/bin/env bash
# One job of GNU parallel per part of a checkpoint, on this machine or on others that share its files:
#
#   ./parallel.sh MODEL OUT PARTS [SHARD_SIZE]
#   SSHLOGINFILE=hosts ./parallel.sh MODEL /shared/model.safetensors PARTS [SHARD_SIZE]
#
# After a failure, the same command runs what failed or did not run. MODEL is a spec or the name of a model that ships.
set -euo pipefail

usage='usage: parallel.sh MODEL OUT PARTS [SHARD_SIZE]'
model=${1:?$usage} out=${2:?$usage} parts=${3:?$usage} shard_size=${4:-5GB}

# Not npx, which would stand between parallel's signals and jumpfill.
export PATH=$PWD/node_modules/.bin:$PATH

# Elsewhere the job runs in a folder of the same path.
hosts=()
if [ -n "${SSHLOGINFILE:-}" ]; then hosts=(--sshloginfile "$SSHLOGINFILE" --workdir "$PWD" --env PATH); fi

# One job a machine: jumpfill uses all of its cores. After a failure no other part begins, and those that run end; to stop
# at once, interrupt twice: they have half a minute to record what is done.
parallel --jobs 1 ${hosts[@]+"${hosts[@]}"} --joblog "$out.joblog" --resume-failed --halt soon,fail=1 \
  --termseq TERM,30000,KILL,100 --quote \
  jumpfill init "$model" --out "$out" --shard-size "$shard_size" --part "{}/$parts" --take-over --resume \
  ::: $(seq "$parts")

# A model of one shard is one file, which needs no merging.
if [ -e "$out" ]; then exec jumpfill verify "$out"; fi
jumpfill merge "$out"
jumpfill verify "$out.index.json"
