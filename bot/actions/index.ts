import type { Registry } from '../registry.ts'

/** What buttons and menus do, by action_id. */
export const actions: Registry['actions'] = {}

/** What is offered in menus that are searched, by action_id. */
export const options: Registry['options'] = {}
