/** Made of busybox only: nothing is pulled. */
export const IMAGE = 'durable-runbooks-test/busybox';

/** A Compose project. `other` must never be touched by what is done to `app`. */
export const PROJECT = `services:
  app:
    image: ${IMAGE}
    network_mode: host
    depends_on: [other]
    command: [sh, -c, "echo up; trap 'echo bye; exit 0' TERM; while :; do sleep 0.1; done"]
  other:
    image: ${IMAGE}
    network_mode: host
    command: [sleep, "300"]
  deaf:
    image: ${IMAGE}
    network_mode: host
    stop_grace_period: 2m
    command: [sh, -c, "trap '' TERM; while :; do sleep 0.1; done"]
  dies:
    image: ${IMAGE}
    network_mode: host
    command: [sh, -c, "echo postgres://me:secret@db refused; exit 7"]
  loops:
    image: ${IMAGE}
    network_mode: host
    restart: always
    command: [sh, -c, "echo again; exit 7"]
  absent:
    image: durable-runbooks-test/absent
    network_mode: host
`;
