import type { ActionHandler, CommandHandler } from '../registry.ts'
import { readButton } from './button.ts'

/** A button that does to its migration what the command does. */
export function commandButton(handler: CommandHandler): ActionHandler {
  return {
    ...(handler.keeping !== undefined && { keeping: handler.keeping }),
    async run(turn, action) {
      const read = await readButton(turn, action)
      if (read !== null) await handler.run(turn, [read.m])
    },
  }
}
