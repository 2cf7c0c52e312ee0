import { callerOf } from '../people/index.ts'
import type { CommandHandler } from '../registry.ts'
import { whoami as whoamiMessage } from '../views/index.ts'

export const whoami: CommandHandler = {
  run: ({ person, tell }) => tell(whoamiMessage({ ...person, person: callerOf(person).person })),
}
