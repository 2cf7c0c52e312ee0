import { callerOf } from '../people/index.ts'
import type { CommandHandler } from '../registry.ts'
import { whoami as whoamiMessage } from '../views/index.ts'

export const whoami: CommandHandler = {
  run: (turn) => turn.tell(whoamiMessage({ ...turn.person, person: callerOf(turn.person).person })),
}
