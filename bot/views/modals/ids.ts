/** callback_id of each modal. */
export const modalIds = {
  newMigration: 'modal.new-migration',
  schedule: 'modal.schedule',
  cancel: 'modal.cancel',
  mute: 'modal.mute',
  reject: 'modal.reject',
  breakGlass: 'modal.break-glass',
  planCutover: 'modal.plan-cutover',
  newEndpoint: 'modal.new-endpoint',
} as const

export type ModalId = (typeof modalIds)[keyof typeof modalIds]

/** block_id of each input; what was entered is in `state.values[block_id]`, by one of `inputActions`. */
export const inputIds = {
  source: 'source',
  target: 'target',
  name: 'name',
  include: 'include',
  exclude: 'exclude',
  renames: 'renames',
  kind: 'kind',
  begin: 'begin',
  startAt: 'start-at',
  channel: 'channel',
  lagAlarm: 'lag-alarm',
  walAlarm: 'wal-alarm',
  whenMissed: 'when-missed',
  acceptWarnings: 'accept-warnings',
  typedName: 'typed-name',
  duration: 'duration',
  reason: 'reason',
  fencing: 'fencing',
  compare: 'compare',
  maxPause: 'max-pause',
  expiresIn: 'expires-in',
  writesStopped: 'writes-stopped',
  host: 'host',
  port: 'port',
  database: 'database',
  user: 'user',
  tls: 'tls',
} as const

export type InputId = (typeof inputIds)[keyof typeof inputIds]
