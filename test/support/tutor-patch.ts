/** Templates of the Tutor plugin with every condition met and every value made up. Tutor itself renders them in
 *  `examples/deploy/tutor/check.sh`; this much of it needs no Python. */

import { readFileSync } from 'node:fs';
import { projectPath } from '../../server/paths.ts';

const folder = projectPath('examples', 'deploy', 'tutor', 'tutorlaurel');

/** Values of the configuration that decide about more than a text. */
const VALUES: Readonly<Record<string, string>> = {
  LAUREL_DOCKER_IMAGE: 'laurel',
  LAUREL_CONSUMERS: '2',
  LAUREL_MONGODB_URI: 'mongodb://mongodb:27017/laurel',
  LAUREL_AMQP_URL: 'amqp://laurel:secret@laurel-rabbitmq:5672',
  LAUREL_EVENT_TYPES: 'org.openedx.learning.course.passing.status.updated.v1',
  LMS_HOST: 'lms.example.org',
  LAUREL_HOST: 'badges.example.org',
  JWT_COMMON_ISSUER: 'https://lms.example.org/oauth2',
  scheme: 'https',
};

export function tutorFile(path: string): string {
  return readFileSync(`${folder}/${path}`, 'utf8');
}

export function rendered(template: string): string {
  return template
    .replace(
      /^( *)\{% filter indent\(\d+\) %\}\{% include "([^"]+)" %\}\{% endfilter %\}$/gm,
      (_, indent: string, name: string) => rendered(tutorFile(`templates/${name}`)).replace(/^(?=.)/gm, indent),
    )
    .replace(/^ *\{%-? set mounts[\s\S]*?\{%-? endif %\}\n/gm, '')
    .replace(/^\{%-? for [\s\S]*?\{%-? endfor %\}\n/gm, '')
    .replace(/\{%-? set key[\s\S]*?endset -?%\}\n?/g, '')
    .replace(/\{% if (?:not )?\w+ %\}https\{% else %\}http\{% endif %\}/g, 'https')
    .replace(/^\{%-? (?:if|endif|set)[^\n]*%\}\n/gm, '')
    .replace(/\{\{ \[.*?\]\|list_if \}\}/g, '["mongodb", "laurel-rabbitmq"]')
    .replace(/\{\{ 1 if [^}]* \}\}/g, '1')
    .replace(/\{\{ 'false' if [^}]* \}\}/g, 'false')
    .replace(/\{\{ ([\w.|]+) \}\}/g, (_, name: string) => VALUES[name] ?? 'made-up-value-of-thirty-two-letters');
}
