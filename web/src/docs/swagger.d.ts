declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  import type { SwaggerUIOptions } from 'swagger-ui-dist'
  export default function SwaggerUI(options: SwaggerUIOptions): unknown
}
