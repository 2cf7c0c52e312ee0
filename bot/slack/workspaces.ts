/** The bot in one workspace. */
export interface Workspace {
  readonly id: string
  readonly token: string
  readonly botUserId: string
}

/** Where the bot is installed. */
export interface Workspaces {
  /**
   * The workspace of a delivery that Slack has signed; null when the bot is not installed there.
   * @throws SlackCallError, ApiUnreachableError when it cannot be told now
   */
  find(workspaceId: string): Promise<Workspace | null>
  /** The bot was taken out of it. @throws ApiUnreachableError */
  forget(workspaceId: string): Promise<void>
  /** The ids of all of them. @throws ApiUnreachableError, SlackCallError */
  list(): Promise<readonly string[]>
}
