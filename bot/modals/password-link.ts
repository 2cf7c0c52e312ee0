import { graphql, payloadOf } from '../client/index.ts'
import { TryAgainError } from '../errors.ts'
import type { ActionHandler } from '../registry.ts'
import { SlackCallError } from '../slack/index.ts'
import type { Turn } from '../turn.ts'
import {
  type EndpointPassword,
  passwordLink as passwordLinkMessage,
  readButtonValue,
  type SlackMessage,
  unreadable,
} from '../views/index.ts'

const CreateLink = graphql(`
  mutation CreateLink($input: CreatePasswordLinkInput!) {
    createPasswordLink(input: $input) {
      __typename
      ... on CreatePasswordLinkPayload {
        url
        expiresAt
        endpoint {
          name
        }
      }
      ... on UserError {
        code
        message
        remedy
      }
    }
  }
`)

/** Ends the link before it. @throws ApiError, ApiUnreachableError */
export async function createPasswordLink({ api }: Turn, endpointId: string): Promise<EndpointPassword> {
  const answer = await api.execute(CreateLink, { input: { endpointId } })
  const { url, expiresAt, endpoint } = payloadOf(answer.createPasswordLink, 'CreatePasswordLinkPayload')
  return { name: endpoint.name, passwordUrl: url, expiresAt }
}

/** A link that nobody has seen is good for nothing: then another is made. @throws TryAgainError */
export async function tellOrTryAgain(turn: Turn, message: SlackMessage): Promise<void> {
  try {
    await turn.tell(message)
  } catch (error) {
    if (!(error instanceof SlackCallError)) throw error
    turn.log.warn({ error: error.message }, 'Slack did not take a link: another is made')
    throw new TryAgainError('Slack did not take a link', { cause: error })
  }
}

/** Another link for an endpoint whose password nobody has entered, for the eyes of whoever asks. */
export const passwordLink: ActionHandler = {
  async run(turn, { value }) {
    const id = readButtonValue(value)?.i
    if (id === undefined) return turn.tell(unreadable)
    await tellOrTryAgain(turn, passwordLinkMessage(await createPasswordLink(turn, id)))
  },
}
