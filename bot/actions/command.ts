import type { ActionHandler, CommandHandler } from '../registry.ts'
import { readButton } from './button.ts'

/** A button that does to its migration what the command does. */
export function commandButton({ keeping, run }: CommandHandler): ActionHandler {
  return {
    ...(keeping !== undefined && { keeping }),
    async run(turn, action) {
      const read = await readButton(turn, action)
      if (read !== null) await run(turn, [read.m])
    },
  }
}
