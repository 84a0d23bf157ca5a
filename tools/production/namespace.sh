#!/bin/sh
# Our namespace: closed journeys stay readable for ninety days, and can be found by stage, licence and agency.
set -eu
ours() { temporal operator "$@" --namespace "$TEMPORAL_NAMESPACE" --address "$TEMPORAL_ADDRESS"; }
ours namespace describe >/dev/null 2>&1 || ours namespace create --retention 90d
until ours namespace update --retention 90d; do sleep 1; done # the server learns of a new one within seconds
for name in Stage LicenceCode Agency; do
    until ours search-attribute create --name "$name" --type Keyword; do sleep 1; done
done
