import type { Endpoint, PasswordLink } from '../../../engine/index.ts'
import { commandContext } from '../../auth/index.ts'
import { builder } from '../../builder.ts'
import { passwordPath } from '../../http/index.ts'
import { answer } from '../errors/index.ts'
import { readId } from '../ids/index.ts'
import { EndpointRef } from './type.ts'

const defaultLifeMs = 15 * 60_000

const CreatePasswordLinkInput = builder.inputType('CreatePasswordLinkInput', {
  fields: (t) => ({
    endpointId: t.id({ required: true, description: 'Global id or UUID.' }),
    expiresIn: t.field({ type: 'Duration', description: 'From one minute to 24 hours. Absent: 15 minutes.' }),
  }),
})

interface NewPasswordLink {
  readonly url: string
  readonly expiresAt: Date
  readonly endpoint: Endpoint
}

const CreatePasswordLinkPayload = builder.objectRef<NewPasswordLink>('CreatePasswordLinkPayload').implement({
  fields: (t) => ({
    url: t.exposeString('url', {
      description:
        'For the person who knows the password, to open in a browser. Whoever has it can set the password once.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime' }),
    endpoint: t.expose('endpoint', { type: EndpointRef }),
  }),
})

builder.mutationField('createPasswordLink', (t) =>
  t.field({
    type: CreatePasswordLinkPayload,
    errors: {},
    authScopes: { operate: true },
    description:
      'Makes a link to a page where somebody enters the password of the endpoint: it goes through no chat and no client.' +
      ' It works once, and ends the link before it.',
    args: { input: t.arg({ type: CreatePasswordLinkInput, required: true }) },
    resolve: answer(async ({ endpointId, expiresIn }, { stores, viewer, publicUrl }) => {
      const request = {
        endpointId: readId('Endpoint', endpointId, 'endpointId'),
        expiresInMs: expiresIn ?? defaultLifeMs,
      }
      const link = await stores.passwordLinks.create(request, commandContext(viewer))
      return { url: publicUrl() + pathOf(link), expiresAt: link.expiresAt, endpoint: link.endpoint }
    }),
  }),
)

/** The secret is in the fragment, which browsers send to nobody. */
function pathOf({ id, secret }: PasswordLink): string {
  return `${passwordPath}${id}#${secret}`
}
