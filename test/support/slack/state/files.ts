import type { Ids } from './ids.ts'
import type { UploadedFile } from './model.ts'

interface Upload {
  readonly id: string
  readonly workspaceId: string
  readonly name: string
  readonly lengthBytes: number
  bytes?: Buffer
}

/** Files on their way in, and those that were shared. */
export class Files {
  readonly #ids: Ids
  readonly #uploads = new Map<string, Upload>()
  readonly #shared = new Map<string, UploadedFile>()

  constructor(ids: Ids) {
    this.#ids = ids
  }

  /** The id of the file, and the path to send it to. */
  begin(workspaceId: string, name: string, lengthBytes: number): { id: string; path: string } {
    const id = this.#ids.next('F')
    const path = `/upload/v1/${this.#ids.secret()}`
    this.#uploads.set(path, { id, workspaceId, name, lengthBytes })
    return { id, path }
  }

  /** False when there is no such upload, or it has another length than was announced. */
  receive(path: string, bytes: Buffer): boolean {
    const upload = this.#uploads.get(path)
    if (upload === undefined || bytes.length !== upload.lengthBytes) return false
    upload.bytes = bytes
    return true
  }

  complete(workspaceId: string, id: string, title: string | undefined): UploadedFile | undefined {
    for (const [path, upload] of this.#uploads) {
      const { bytes } = upload
      if (upload.id !== id || upload.workspaceId !== workspaceId || bytes === undefined) continue
      this.#uploads.delete(path)
      const file: UploadedFile = { id, name: upload.name, title: title ?? upload.name, bytes }
      this.#shared.set(id, file)
      return file
    }
    return undefined
  }

  find(id: string): UploadedFile | undefined {
    return this.#shared.get(id)
  }
}
