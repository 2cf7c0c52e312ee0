import type { Registry } from '../registry.ts'

/** What comes of what people do beside commands and buttons, by type of the event. */
export const events: Registry['events'] = {}
