import './queries.ts'
import './mutations.ts'
import './delivery-mutations.ts'
