import type { View } from '@slack/types'
import {
  breakGlassModal,
  cancelModal,
  homeView,
  muteModal,
  newEndpointModal,
  newMigrationModal,
  planCutoverModal,
  rejectModal,
  scheduleModal,
} from '../../../bot/views/index.ts'
import { noticeModal } from '../../../bot/inbox/acknowledge.ts'
import type { Change } from './every-message.ts'
import { ago, ahead, now } from './samples.ts'
import { migrationLines, waitings } from './samples-of-lists.ts'
import { alarms } from './samples-of-messages.ts'

const about = { m: 'm-7f3k', v: 9 }
const shop = { name: 'Shop to the new cluster' }
const choices = {
  source: { text: 'shop-old', value: 'RW5kcG9pbnQ6MDE5YQ==' },
  target: { text: 'shop-new', value: 'b' },
}
const open = [
  { message: 'The target is 74 s behind the source.', openedAt: ago(185) },
  { message: 'A transaction on the source has been open for 400 s.', openedAt: ago(1200) },
]
const preview = { hidesNow: open.slice(0, 1), wouldHaveHidden: Array.from({ length: 4 }, () => open).flat() }

function allOf<T>(shown: readonly T[]) {
  return { shown, total: shown.length }
}

/** Every modal, and the App Home, by the name of its golden file. */
export const everyView: Readonly<Record<string, (change: Change) => View>> = {
  'modal.new-migration': () => newMigrationModal({ c: 'C012AB3CD' }),
  'modal.new-migration.prefilled': (change) => newMigrationModal({ c: 'C012AB3CD', ...change(choices) }),
  'modal.new-endpoint': () => newEndpointModal({ c: 'C012AB3CD' }),
  'modal.schedule': (change) =>
    scheduleModal({
      ...about,
      ...change(shop),
      warnings: 0,
      startAt: new Date(ahead(3600)),
      timeZone: 'Europe/Berlin',
    }),
  'modal.schedule.with-warnings': (change) =>
    scheduleModal({
      ...about,
      ...change(shop),
      warnings: 2,
      startAt: new Date(ahead(3600)),
      timeZone: 'Europe/Berlin',
    }),
  'modal.cancel': (change) =>
    cancelModal({ ...about, ...change(shop), targetName: change({ name: 'shop-new' }).name }),
  'modal.mute': (change) =>
    muteModal({
      ...about,
      ...change(shop),
      duration: { text: '30 minutes', value: 'PT1800S' },
      preview: change(preview),
    }),
  'modal.mute.quiet': (change) =>
    muteModal({
      ...about,
      ...change(shop),
      duration: { text: '45 min', value: 'PT2700S' },
      preview: { hidesNow: [], wouldHaveHidden: [] },
    }),
  'modal.plan-cutover': (change) => planCutoverModal({ ...about, ...change(shop), canCompare: true }),
  'modal.plan-cutover.without-copy': (change) =>
    planCutoverModal({ ...about, ...change(shop), canCompare: false }),
  'modal.reject': (change) => rejectModal({ ...about, d: 'a'.repeat(64), ...change(shop) }),
  'modal.break-glass': (change) => breakGlassModal({ ...about, ...change(shop), needsWritesStopped: false }),
  'modal.break-glass.without-fence': (change) =>
    breakGlassModal({ ...about, ...change(shop), needsWritesStopped: true }),
  'modal.that-did-not-work': (change) =>
    noticeModal(change({ message: 'The target is not empty. What to do: choose another.' }).message),
  home: (change) =>
    homeView({
      waiting: allOf(change(waitings)),
      alarms: allOf(
        change([
          { ...alarms.firing!, isMine: true },
          { ...alarms['without-numbers']!, isMine: false },
          { ...alarms.acknowledged!, isMine: true },
        ]),
      ),
      running: allOf(change(migrationLines.slice(0, 2))),
      others: 5,
      now,
    }),
  'home.quiet': () => homeView({ waiting: allOf([]), alarms: allOf([]), running: allOf([]), others: 0, now }),
  'home.busy': (change) =>
    homeView({
      waiting: { ...allOf(Array.from({ length: 12 }, () => change(waitings)).flat()), total: 1200 },
      alarms: allOf(Array.from({ length: 30 }, () => change({ ...alarms.firing!, isMine: true }))),
      running: allOf(Array.from({ length: 20 }, () => change(migrationLines)).flat()),
      others: 1,
      now,
    }),
}
