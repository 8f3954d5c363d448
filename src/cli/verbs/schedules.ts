import { Command } from 'commander';
import { check } from './schedules/check.ts';
import { list, next } from './schedules/list.ts';
import { pause, resume } from './schedules/pause.ts';
import { remove } from './schedules/remove.ts';
import { sync } from './schedules/sync.ts';

export const schedules = () =>
  new Command('schedules')
    .description('Show what starts by itself, and make Temporal do what the targets say')
    .addCommand(sync())
    .addCommand(remove())
    .addCommand(list())
    .addCommand(next())
    .addCommand(check())
    .addCommand(pause())
    .addCommand(resume());
