import { runSource } from '@tailboard/service/run-source'
import { weatherSource } from './weather.ts'

await runSource(weatherSource)
