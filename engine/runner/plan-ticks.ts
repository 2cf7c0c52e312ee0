import type { CutoverStore } from '../ports/index.ts'
import type { Tick } from '../ticks/index.ts'

/** Plans end by the clock; this only has the events say so. */
export function planTicks(cutovers: Pick<CutoverStore, 'settlePlans'>): readonly Tick[] {
  return [
    {
      name: 'settle cutover plans',
      pattern: '*/5 * * * * *',
      run: async () => {
        await cutovers.settlePlans()
      },
    },
  ]
}
