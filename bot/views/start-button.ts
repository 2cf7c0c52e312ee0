import type { Button } from '@slack/types'
import { actionIds } from './action-ids.ts'
import { button } from './blocks/buttons.ts'
import { counted } from './units.ts'

interface StartButton {
  readonly shortId: string
  readonly version: number
  readonly text: string
  /** How many of them a click accepts. */
  readonly warnings: number
}

/** Starts a migration; warnings are accepted with a question. */
export function startButton({ shortId: m, version: v, text, warnings }: StartButton): Button {
  return button({
    text,
    action: actionIds.start,
    style: 'primary',
    value: { m, v, ...(warnings > 0 && { w: true as const }) },
    ...(warnings > 0 && {
      confirm: {
        title: `Start with ${counted(warnings, 'warning')}?`,
        text: 'It is recorded that you have accepted them.',
        yes: 'Accept and start',
      },
    }),
  })
}
