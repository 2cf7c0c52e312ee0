/** What each button does: its action_id. Handlers and tests name them by this. */
export const actionIds = {
  /** An overflow menu; the value of the chosen option says what to do. */
  more: 'migration.more',
  new: 'migration.new',
  listMore: 'migration.list-more',
  show: 'migration.show',
  verify: 'migration.verify',
  start: 'migration.start',
  schedule: 'migration.schedule',
  unschedule: 'migration.unschedule',
  pause: 'migration.pause',
  resume: 'migration.resume',
  retry: 'migration.retry',
  cancel: 'migration.cancel',
  mute: 'migration.mute',
  unmute: 'migration.unmute',
  lag: 'migration.lag',
  progress: 'migration.progress',
  checks: 'migration.checks',
  report: 'migration.report',
  cleanUp: 'migration.clean-up',
  compare: 'migration.compare',
  watch: 'migration.watch',
  plan: 'cutover.plan',
  showPlan: 'cutover.show',
  approve: 'cutover.approve',
  reject: 'cutover.reject',
  execute: 'cutover.execute',
  breakGlass: 'cutover.break-glass',
  acknowledge: 'alarm.acknowledge',
  /** The App Home, anew. */
  home: 'home.refresh',
  newEndpoint: 'endpoint.new',
  passwordLink: 'endpoint.password-link',
  endpointsMore: 'endpoint.more',
  help: 'command.help',
  /** Runs the command in `c` of the value. */
  runCommand: 'command.run',
  /** A link: Slack tells of the click, and there is nothing to do. */
  open: 'link.open',
} as const

export type ActionId = (typeof actionIds)[keyof typeof actionIds]
