#!/bin/sh
# Deploys one backend tag on the VM, and believes it only when the VM answers with that tag's revision.
# Runs in the deploy-backend Job; every setting is an environment variable of job.yaml. Safe to run again.
#
# Exit codes (job.yaml's podFailurePolicy names those that trying again cannot heal):
#   20 a setting is missing or makes no sense     21 the VM's host key is not the pinned one
#   22 no ssh connection, or it was lost          30 the checkout on the VM is not what it should be
#   31 git pull failed                            32 git has another tag by now, or does not have this one
#   40 docker compose pull failed                 41 docker compose up failed
#   50 the backend never answered                 51 the backend answers, with another revision
set -eu

say() { printf '%s deploy: %s\n' "$(date -u +%H:%M:%S)" "$*" >&2; }

fail() {
    code=$1
    shift
    say "FAILED ($code): $*"
    exit "$code"
}

need() {
    eval "value=\${$1:-}"
    [ -n "$value" ] || fail 20 "the setting $1 is missing"
}

whole_number() {
    eval "value=\${$1}"
    case $value in
        '' | *[!0-9]*) fail 20 "$1 is not a whole number: $value" ;;
    esac
}

check_settings() {
    for name in DEPLOY_TAG DEPLOY_HOST DEPLOY_PORT DEPLOY_USER DEPLOY_DIR DEPLOY_BRANCH DEPLOY_COMPOSE_FILE DEPLOY_KEY \
        DEPLOY_KNOWN_HOSTS DEPLOY_CONNECT_TIMEOUT DEPLOY_HEALTH_URL DEPLOY_HEALTH_TIMEOUT DEPLOY_HEALTH_INTERVAL; do
        need "$name"
    done
    for name in DEPLOY_PORT DEPLOY_CONNECT_TIMEOUT DEPLOY_HEALTH_TIMEOUT DEPLOY_HEALTH_INTERVAL; do
        whole_number "$name"
    done
    for program in ssh wget timeout mktemp; do
        command -v "$program" >/dev/null || fail 20 "the image has no $program"
    done
    for file in "$DEPLOY_KEY" "$DEPLOY_KNOWN_HOSTS"; do
        [ -r "$file" ] || fail 20 "cannot read $file: is the sealed secret deploy-backend-ssh opened?"
    done
}

# <branch>-<sha>-<time>: the branch may hold dashes, the other two cannot.
sha_of_tag() {
    rest=${DEPLOY_TAG%-*}
    sha=${rest##*-}
    case $sha in
        *[!a-f0-9]* | '') fail 20 "the tag has no commit in it: $DEPLOY_TAG" ;;
        ???????*) ;;
        *) fail 20 "the commit in the tag is shorter than 7 digits: $DEPLOY_TAG" ;;
    esac
}

quoted() { printf "'%s' " "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

# The script travels on stdin, its arguments quoted, so that nothing needs to be installed on the VM.
# ssh's own words go to a file (-E), apart from those of the programs on the VM.
on_vm() {
    log=$(mktemp)
    arguments=$(quoted "$DEPLOY_DIR" && quoted "$DEPLOY_BRANCH" && quoted "$DEPLOY_COMPOSE_FILE" && quoted "$DEPLOY_TAG")
    status=0
    ssh -F /dev/null -T -E "$log" -p "$DEPLOY_PORT" -i "$DEPLOY_KEY" \
        -o BatchMode=yes \
        -o IdentitiesOnly=yes \
        -o PreferredAuthentications=publickey \
        -o StrictHostKeyChecking=yes \
        -o UserKnownHostsFile="$DEPLOY_KNOWN_HOSTS" \
        -o GlobalKnownHostsFile=/dev/null \
        -o UpdateHostKeys=no \
        -o ConnectTimeout="$DEPLOY_CONNECT_TIMEOUT" \
        -o ServerAliveInterval=15 \
        -o ServerAliveCountMax=4 \
        "$DEPLOY_USER@$DEPLOY_HOST" "sh -s -- $arguments" <"$(dirname "$0")/on-vm.sh" >&2 || status=$?
    cat "$log" >&2
    verification_failed=$(grep -c 'Host key verification failed' "$log") || true
    rm -f "$log"
    case $status in
        0) ;;
        255)
            [ "$verification_failed" -eq 0 ] ||
                fail 21 "the host key of $DEPLOY_HOST is not the pinned one; nothing was sent (docs/bootstrap.md, step 5)"
            fail 22 "no ssh connection to $DEPLOY_USER@$DEPLOY_HOST port $DEPLOY_PORT, or it was lost"
            ;;
        30) fail 30 "the checkout $DEPLOY_DIR on the VM is not a clone on branch $DEPLOY_BRANCH" ;;
        31) fail 31 "git pull --ff-only failed on the VM" ;;
        32) fail 32 "after the pull, $DEPLOY_COMPOSE_FILE does not name $DEPLOY_TAG" ;;
        40) fail 40 "docker compose pull failed on the VM; what ran before still runs" ;;
        41) fail 41 "docker compose up failed on the VM" ;;
        *) fail "$status" "the script on the VM ended with exit code $status" ;;
    esac
}

# `timeout` instead of wget's own options: what of them busybox has depends on how it was built.
fetch() { timeout 5 wget -q -O - "$1" 2>/dev/null; }

# The value of one string key of a flat JSON object on stdin.
json_string() { tr -d '\n' | sed -n "s/.*\"$1\"[[:space:]]*:[[:space:]]*\"\([^\"]*\)\".*/\1/p"; }

# Old containers may answer until the new one is up, so another revision is a failure only when time is over.
wait_for_revision() {
    deadline=$(($(date +%s) + DEPLOY_HEALTH_TIMEOUT))
    answered=no
    revision=
    while :; do
        if body=$(fetch "$DEPLOY_HEALTH_URL"); then
            answered=yes
            revision=$(printf '%s' "$body" | json_string revision)
            case $revision in
                "$sha"*) return 0 ;;
            esac
        fi
        [ "$(date +%s)" -lt "$deadline" ] || break
        sleep "$DEPLOY_HEALTH_INTERVAL"
    done
    [ "$answered" = yes ] || fail 50 "no healthy answer from $DEPLOY_HEALTH_URL within $DEPLOY_HEALTH_TIMEOUT s"
    fail 51 "$DEPLOY_HEALTH_URL answers with revision '${revision:-none}', not with $sha of $DEPLOY_TAG"
}

check_settings
sha_of_tag
say "deploying $DEPLOY_TAG on $DEPLOY_HOST"
on_vm
say "waiting for $DEPLOY_HEALTH_URL to answer with revision $sha"
wait_for_revision
say "done: $DEPLOY_TAG runs, revision $revision"
