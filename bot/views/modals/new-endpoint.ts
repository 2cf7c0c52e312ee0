import type { ModalView } from '@slack/types'
import { input, menu, modal, numberInput, textInput } from '../blocks/inputs.ts'
import { section } from '../blocks/layout.ts'
import { mrkdwn } from '../mrkdwn.ts'
import { type ModalContext, writeModalContext } from './context.ts'
import { inputIds, modalIds } from './ids.ts'

export const tlsChoices = [
  { text: 'Always; certificate and host are checked', value: 'VERIFY_FULL' },
  { text: 'Always; the certificate is checked', value: 'VERIFY_CA' },
  { text: 'Always; the certificate is not checked', value: 'REQUIRE' },
  { text: 'If the server offers it', value: 'PREFER' },
  { text: 'Never', value: 'DISABLE' },
] as const

/** How to reach a database; its password comes later, outside of Slack. */
export function newEndpointModal(about: ModalContext): ModalView {
  return modal({
    id: modalIds.newEndpoint,
    title: 'New endpoint',
    submit: 'Create',
    metadata: writeModalContext(about),
    blocks: [
      section(mrkdwn`*No password here.* You get a link to enter it, once, outside of Slack.`),
      input({ id: inputIds.name, label: 'Name', element: textInput({ placeholder: 'shop-old' }) }),
      input({ id: inputIds.host, label: 'Host', element: textInput({ placeholder: 'db.example.com' }) }),
      input({
        id: inputIds.port,
        label: 'Port',
        element: numberInput('5432', { min: 1, max: 65_535, initial: 5432 }),
      }),
      input({ id: inputIds.database, label: 'Database', element: textInput({ placeholder: 'shop' }) }),
      input({ id: inputIds.user, label: 'User', element: textInput({ placeholder: 'godwit' }) }),
      input({ id: inputIds.tls, label: 'TLS', element: menu(tlsChoices) }),
    ],
  })
}
