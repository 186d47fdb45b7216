/** The platform's API, browsable: the server's own OpenAPI document, without what only our pages ask. */
import 'swagger-ui-dist/swagger-ui.css'
import './docs.css'
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js'
import { forPlatforms, type Document } from './document'

async function show(): Promise<void> {
  const answer = await fetch('/openapi.json')
  const spec = forPlatforms((await answer.json()) as Document)
  SwaggerUI({
    spec,
    domNode: document.getElementById('docs'),
    // Its links would stand within buttons, where no keyboard and no screen reader finds them.
    deepLinking: false,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    validatorUrl: null,
  })
}

void show()
