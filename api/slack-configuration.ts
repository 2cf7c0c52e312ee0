/** What the variables of Slack must be together. */
interface SlackVariables {
  readonly GODWIT_ROLES?: readonly string[] | undefined
  readonly DATABASE_URL?: string | undefined
  readonly GODWIT_SECRET_KEY?: string | undefined
  readonly SLACK_BOT_TOKEN?: string | undefined
  readonly SLACK_SIGNING_SECRET?: string | undefined
  readonly SLACK_APP_TOKEN?: string | undefined
  readonly SLACK_CLIENT_ID?: string | undefined
  readonly SLACK_CLIENT_SECRET?: string | undefined
  readonly GODWIT_SLACK_WORKSPACES?: readonly string[] | undefined
  readonly GODWIT_SLACK_CHANNEL?: { readonly team: string | null } | undefined
  readonly GODWIT_API_URL?: string | undefined
  readonly GODWIT_API_TOKEN?: string | undefined
}

interface ConfigurationProblem {
  readonly variable: string
  readonly message: string
}

/** Whether there is a Slack for the bot. One variable is enough to want it: what is missing is then told. */
export function isForSlack(env: SlackVariables): boolean {
  return [
    env.SLACK_BOT_TOKEN,
    env.SLACK_SIGNING_SECRET,
    env.SLACK_APP_TOKEN,
    env.SLACK_CLIENT_ID,
    env.SLACK_CLIENT_SECRET,
  ].some((value) => value !== undefined)
}

export function slackProblems(env: SlackVariables): ConfigurationProblem[] {
  const wantsBot = env.GODWIT_ROLES?.includes('bot') ?? isForSlack(env)
  return wantsBot ? [...problemsOfTokens(env), ...problemsOfApi(env)] : []
}

function problemsOfTokens(env: SlackVariables): ConfigurationProblem[] {
  const { SLACK_BOT_TOKEN: botToken, SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret } = env
  const problems: ConfigurationProblem[] = []
  const add = (variable: string, message: string) => void problems.push({ variable, message })
  if (botToken === undefined && clientId === undefined)
    add('SLACK_BOT_TOKEN', 'is needed for the bot (or SLACK_CLIENT_ID, for many workspaces)')
  if (botToken !== undefined && clientId !== undefined)
    add('SLACK_CLIENT_ID', 'cannot be set with SLACK_BOT_TOKEN: it is one workspace, or many')
  if (clientId !== undefined && clientSecret === undefined)
    add('SLACK_CLIENT_SECRET', 'is needed with SLACK_CLIENT_ID')
  if (clientId === undefined && clientSecret !== undefined)
    add('SLACK_CLIENT_ID', 'is needed with SLACK_CLIENT_SECRET')
  problems.push(...problemsOfWorkspaces(env))
  if (env.SLACK_APP_TOKEN === undefined && env.SLACK_SIGNING_SECRET === undefined)
    add('SLACK_SIGNING_SECRET', 'is needed for the bot over HTTP (or SLACK_APP_TOKEN, for Socket Mode)')
  if (env.SLACK_APP_TOKEN !== undefined && clientId !== undefined)
    add('SLACK_APP_TOKEN', 'cannot be set with SLACK_CLIENT_ID: many workspaces need HTTP')
  if (env.GODWIT_SLACK_CHANNEL?.team === null && clientId !== undefined)
    add(
      'GODWIT_SLACK_CHANNEL',
      'must name the workspace of the channel, as there are many: T0123456789/C0123456789',
    )
  return problems
}

/** Whoever may install the app would otherwise be anybody. */
function problemsOfWorkspaces(env: SlackVariables): ConfigurationProblem[] {
  const { SLACK_CLIENT_ID: clientId, GODWIT_SLACK_WORKSPACES: workspaces, GODWIT_SLACK_CHANNEL } = env
  const variable = 'GODWIT_SLACK_WORKSPACES'
  if (clientId === undefined)
    return workspaces === undefined
      ? []
      : [{ variable, message: 'is only for SLACK_CLIENT_ID: a bot token is of one workspace' }]
  if (workspaces === undefined)
    return [
      {
        variable,
        message:
          'is needed with SLACK_CLIENT_ID: the ids of the workspaces that may install the app, such as T0123456789,T9876543210',
      },
    ]
  const team = GODWIT_SLACK_CHANNEL?.team ?? null
  if (team === null || workspaces.includes(team)) return []
  return [{ variable: 'GODWIT_SLACK_CHANNEL', message: `is of ${team}, which ${variable} does not name` }]
}

function problemsOfApi(env: SlackVariables): ConfigurationProblem[] {
  const { GODWIT_API_URL: url, GODWIT_API_TOKEN: token } = env
  const hasApi = env.GODWIT_ROLES?.includes('api') ?? true
  if (url === undefined && !hasApi)
    return [{ variable: 'GODWIT_API_URL', message: 'is needed for a bot that runs apart from the API' }]
  if (url !== undefined && token === undefined)
    return [
      { variable: 'GODWIT_API_TOKEN', message: 'is needed with GODWIT_API_URL: a token of the scope admin' },
    ]
  return []
}
