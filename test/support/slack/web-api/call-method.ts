import type { IncomingHttpHeaders } from 'node:http'
import { SlackApiError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { World } from '../state/world.ts'
import { type ApiAnswer, type ApiContext, answerOrFault, rateLimited } from './answer.ts'
import { appMethods } from './apps.ts'
import { Arguments, parseCall, type ParsedCall } from './arguments.ts'
import { chatMethods } from './chat.ts'
import { directoryMethods } from './directory.ts'
import { fileMethods } from './files.ts'
import { type Method, requireScope } from './method.ts'
import { oauthMethods } from './oauth.ts'
import { viewMethods } from './views.ts'

const methods: Readonly<Record<string, Method>> = {
  ...appMethods,
  ...chatMethods,
  ...directoryMethods,
  ...fileMethods,
  ...oauthMethods,
  ...viewMethods,
}

/** Answers one call of the Web API, and logs it. */
export function callMethod(
  context: ApiContext,
  name: string,
  headers: IncomingHttpHeaders,
  body: string,
): ApiAnswer {
  const { world } = context
  let call: ParsedCall = { args: new Arguments({}) }
  let answer: ApiAnswer
  try {
    call = parseCall(headers, body)
    answer = answerCall(context, name, call)
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error
    answer = { status: 200, headers: {}, body: error.answer() }
  }
  world.log({
    atMs: world.clock.nowMs(),
    method: name,
    ...workspaceOf(world, call.token),
    args: call.args.raw,
    status: answer.silence === undefined ? answer.status : 0,
    answer: answer.body,
  })
  return answer
}

function answerCall(context: ApiContext, name: string, call: ParsedCall): ApiAnswer {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (method === undefined) throw new SlackApiError('unknown_method')
  return answerOrFault(context, name, call.args.raw, () => {
    const waitS = limitedFor(context, name, call)
    if (waitS !== undefined) return rateLimited(waitS)
    return { status: 200, headers: {}, body: run(context, method, call) }
  })
}

function limitedFor({ world, rateLimits }: ApiContext, name: string, call: ParsedCall): number | undefined {
  const { workspaceId } = workspaceOf(world, call.token)
  return workspaceId === undefined ? undefined : rateLimits?.take(name, workspaceId, call.args.raw)
}

function run({ world, baseUrl }: ApiContext, method: Method, { args, token }: ParsedCall): JsonObject {
  if (method.token === 'none') return method.run({ world, baseUrl, args })
  if (token === undefined) throw new SlackApiError('not_authed')
  if (method.token === 'app') {
    if (world.tokens.workspaceOf(token) !== undefined) throw new SlackApiError('not_allowed_token_type')
    if (token !== world.app.appToken) throw new SlackApiError('invalid_auth')
    return method.run({ world, baseUrl, args })
  }
  if (token === world.app.appToken) throw new SlackApiError('not_allowed_token_type')
  const installation = world.tokens.check(token)
  for (const scope of method.scopes) requireScope(installation, scope)
  const workspace = world.workspace(installation.workspaceId)
  return method.run({ world, baseUrl, args, installation, workspace })
}

function workspaceOf(world: World, token: string | undefined): { workspaceId?: string } {
  const workspaceId = token === undefined ? undefined : world.tokens.workspaceOf(token)
  return workspaceId === undefined ? {} : { workspaceId }
}
