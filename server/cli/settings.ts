/** `laurel settings`: what is in force and where each value comes from. */

import type { Command } from 'commander';
import { readSettings } from '../config.ts';
import { settingRows, unknownSettings } from '../settings/report.ts';
import type { Shell } from './shell.ts';
import { explainUsage } from './usage.ts';

export function addSettingsCommand(program: Command, shell: Shell): void {
  explainUsage(
    program
      .command('settings')
      .option('--json', 'print JSON')
      .action((options: { json?: boolean }) => {
        readSettings(shell.env);
        const rows = settingRows(shell.env);
        const warnings = unknownSettings(shell.env);
        if (options.json) {
          shell.printLine(JSON.stringify({ settings: rows, warnings }));
          return;
        }
        for (const { env, value, source } of rows)
          shell.printLine(`${env}=${value}${source === 'default' ? '' : `  # ${source}`}`);
        for (const warning of warnings) shell.printError(`laurel: ${warning}`);
      }),
    {
      json: '{settings: [{env, value, source: environment | file | default, secret}], warnings: [sentence]}',
      exits: '0 printed, 78 settings have problems; all are listed',
      examples: ['settings', 'settings --json'],
    },
  );
}
