import { windowAt, type CutoverWindowSetting } from '../../engine/index.ts'

/** Nothing that has to be done in a window. */
const noAttention = { cutoverOpensAt: null, cutoverClosesAt: null, cutoverToldAt: null } as const

/** Of a migration that may be completed at any time. */
export const noCutoverWindow = { cutoverWindow: null, ...noAttention } as const

/** The opening that is or comes next, of a window in which something has to be done: where it completes by itself. */
export function toAttentionColumns(setting: CutoverWindowSetting | null, now: Date) {
  if (setting === null || !setting.automatic) return noAttention
  const { current, next } = windowAt(setting.window, now)
  const opening = current ?? next
  if (opening === null) return noAttention
  return { ...noAttention, cutoverOpensAt: opening.opensAt, cutoverClosesAt: opening.closesAt }
}
