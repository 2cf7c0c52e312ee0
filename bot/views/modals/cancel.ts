import type { ModalView } from '@slack/types'
import { input, modal, textInput } from '../blocks/inputs.ts'
import { plainContext, section } from '../blocks/layout.ts'
import { plain } from '../blocks/text.ts'
import { mrkdwn } from '../mrkdwn.ts'
import { type ModalContext, writeModalContext } from './context.ts'
import { inputIds, modalIds } from './ids.ts'

export interface CancelOptions extends ModalContext {
  readonly name: string
  /** Name of the target, which is to be typed. */
  readonly targetName: string
}

/** The end of a migration: typing a name takes long enough to think. */
export function cancelModal({ name, targetName, ...about }: CancelOptions): ModalView {
  return modal({
    id: modalIds.cancel,
    title: 'Cancel the migration',
    submit: 'Cancel migration',
    metadata: writeModalContext(about),
    blocks: [
      plainContext(plain`${name}`),
      section(
        mrkdwn`*This cannot be taken back.* Godwit removes what it made on the source; the source goes on as it is. Rows that were copied stay on the target.`,
      ),
      input({
        id: inputIds.typedName,
        label: 'Type the name of the target',
        element: textInput(),
        hint: targetName,
      }),
    ],
  })
}
