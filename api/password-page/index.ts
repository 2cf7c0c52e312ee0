export { createPasswordPage } from './serve.ts'
