import type { Registry } from '../registry.ts'

/** What becomes of modals that are submitted, by callback_id. */
export const modals: Registry['modals'] = {}
