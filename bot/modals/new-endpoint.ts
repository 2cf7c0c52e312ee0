import { graphql, payloadOf } from '../client/index.ts'
import type { ModalHandler } from '../registry.ts'
import type { Turn } from '../turn.ts'
import { endpointCreated } from '../views/index.ts'
import { readModalContext } from '../views/modals/context.ts'
import { inputIds, modalIds } from '../views/modals/ids.ts'
import { newEndpointModal, tlsChoices } from '../views/modals/new-endpoint.ts'
import { inChannel, orErrors } from './about.ts'
import { oneOf, textOf } from './entered.ts'
import { createPasswordLink, tellOrTryAgain } from './password-link.ts'

const CreateEndpoint = graphql(`
  mutation CreateEndpoint($input: CreateEndpointInput!) {
    createEndpoint(input: $input) {
      __typename
      ... on CreateEndpointPayload {
        endpoint {
          id
          name
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
      ... on ValidationError {
        field
      }
    }
  }
`)

export async function openNewEndpoint(turn: Turn): Promise<void> {
  const { channelId: c } = turn
  await turn.openModal(newEndpointModal(c === null ? {} : { c }))
}

/** How to reach a database, without its password, which nobody enters in Slack. */
export const newEndpoint: ModalHandler = {
  async submit(from, view) {
    const turn = inChannel(from, readModalContext(view.privateMetadata)?.c)
    const input = {
      idempotencyKey: turn.deliveryKey,
      name: textOf(view, inputIds.name),
      connection: {
        host: textOf(view, inputIds.host),
        port: Number(textOf(view, inputIds.port)),
        database: textOf(view, inputIds.database),
        user: textOf(view, inputIds.user),
        tls: { mode: oneOf(tlsChoices, textOf(view, inputIds.tls)) ?? 'VERIFY_FULL' },
      },
    }
    return orErrors({ person: turn.person, view }, modalIds.newEndpoint, async () => {
      const { createEndpoint } = await turn.api.execute(CreateEndpoint, { input })
      const { endpoint } = payloadOf(createEndpoint, 'CreateEndpointPayload')
      const link = await createPasswordLink(turn, endpoint.id)
      await tellOrTryAgain(turn, endpointCreated(link))
    })
  },
}
