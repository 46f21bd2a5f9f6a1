#!/bin/sh
# Runs on the VM as the deploy user, sent by deploy.sh: directory, branch, compose file, tag.
# The exit codes are explained in deploy.sh. All of it is one function, so that it is read before it runs: what it
# starts shares its stdin.
set -eu

say() { printf '%s on-vm: %s\n' "$(date -u +%H:%M:%S)" "$*" >&2; }

deploy() {
    directory=$1 branch=$2 compose_file=$3 tag=$4
    export GIT_TERMINAL_PROMPT=0

    cd "$directory" 2>/dev/null || {
        say "there is no directory $directory"
        exit 30
    }
    current=$(git symbolic-ref --short HEAD) || exit 30
    [ "$current" = "$branch" ] || {
        say "$directory is on branch $current"
        exit 30
    }

    say "git pull --ff-only origin $branch"
    git pull --ff-only origin "$branch" || exit 31

    images=$(docker compose -f "$compose_file" config --images) || {
        say "docker compose cannot read $compose_file"
        exit 32
    }
    case " $(printf '%s' "$images" | tr '\n' ' ') " in
        *":$tag "*) ;;
        *)
            say "$compose_file names" "$images"
            exit 32
            ;;
    esac

    say "docker compose pull"
    docker compose -f "$compose_file" pull || exit 40
    say "docker compose up"
    docker compose -f "$compose_file" up -d || exit 41
}

deploy "$@" </dev/null
