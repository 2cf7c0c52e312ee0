import type { Registry } from '../registry.ts'
import { publishHome } from './home.ts'

export { publishHome } from './home.ts'

/** What comes of what people do beside commands and buttons, by type of the event. */
export const events: Registry['events'] = { app_home_opened: publishHome }
