#!/bin/sh
# Stands in for the guest, which records what is to be copied: here the copy is made.
for word; do
  from=$to
  to=$word
done
cp -a "$from." "$to"
