import './plan.ts'
import './decisions.ts'
import './fields.ts'
