import { SlackApiError } from '../errors.ts'
import { isObject, type JsonObject, parseJson } from '../json.ts'
import { type ApiAnswer, type ApiContext, answerOrFault } from './answer.ts'
import { respond } from './respond.ts'

/** How the log and the faults call a POST to any response URL. */
const method = 'response_url'

/** Answers a POST to a response URL, and logs it. */
export function callResponseUrl(context: ApiContext, path: string, body: string): ApiAnswer {
  const { world } = context
  const json = parseJson(body)
  const args = isObject(json) ? json : {}
  let answer: ApiAnswer
  try {
    answer = answerOrFault(context, method, args, () => redeem(context, path, args))
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error
    answer = { status: 400, headers: {}, body: error.answer() }
  }
  world.log({
    atMs: world.clock.nowMs(),
    method,
    args,
    status: answer.silence === undefined ? answer.status : 0,
    answer: answer.body,
  })
  return answer
}

function redeem({ world }: ApiContext, path: string, args: JsonObject): ApiAnswer {
  const { target, error } = world.responseUrls.redeem(path)
  if (target === undefined) return { status: 404, headers: {}, body: { ok: false, error } }
  respond(world, target, args)
  return { status: 200, headers: {}, body: { ok: true } }
}
