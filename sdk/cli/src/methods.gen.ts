/** Made by `npm run generate`; not edited by hand. Every method of the API. */
import type { MethodFacts } from './api.ts';

export type MethodName =
  | 'audit.list'
  | 'auth.login'
  | 'auth.logout'
  | 'auth.reset-password'
  | 'auth.session.kill'
  | 'auth.session.list'
  | 'auth.token.create'
  | 'auth.token.kill'
  | 'auth.token.list'
  | 'auth.whoami'
  | 'backup.create'
  | 'backup.kind.list'
  | 'backup.snapshot.list'
  | 'backup.target.add'
  | 'backup.target.list'
  | 'backup.target.remove'
  | 'db.dump'
  | 'db.history'
  | 'db.repair'
  | 'db.restore'
  | 'db.snapshot.create'
  | 'db.snapshot.list'
  | 'echo'
  | 'health.list'
  | 'job.cancel'
  | 'job.get'
  | 'job.list'
  | 'job.wait'
  | 'kernel.restart'
  | 'marketplace.check'
  | 'marketplace.list'
  | 'marketplace.plan'
  | 'net.address.list'
  | 'notification.list'
  | 'notification.mark-seen'
  | 'notification.remove'
  | 'package.action.clear-task'
  | 'package.action.get-input'
  | 'package.action.run'
  | 'package.attach.close'
  | 'package.attach.open'
  | 'package.attach.read'
  | 'package.attach.resize'
  | 'package.attach.write'
  | 'package.backup.restore'
  | 'package.cancel-install'
  | 'package.install'
  | 'package.list'
  | 'package.logs'
  | 'package.plan'
  | 'package.rebuild'
  | 'package.restart'
  | 'package.set-limits'
  | 'package.sideload'
  | 'package.start'
  | 'package.stats'
  | 'package.stop'
  | 'package.uninstall'
  | 'plugin.audit.list'
  | 'plugin.disable'
  | 'plugin.enable'
  | 'plugin.grant'
  | 'plugin.inspect'
  | 'plugin.install'
  | 'plugin.list'
  | 'plugin.logs'
  | 'plugin.remove'
  | 'registry.add'
  | 'registry.list'
  | 'registry.remove'
  | 'server.clear-smtp'
  | 'server.set-smtp'
  | 'server.start-services'
  | 'server.status'
  | 'server.stop-services'
  | 'server.test-smtp'
  | 'setup.execute'
  | 'setup.status'
  | 'support.bundle';

export const methods: readonly MethodFacts[] = [
  {"name":"audit.list","about":"List who called what that changes something, the latest first, and whether the log is as it was written","allow":"owner","job":false,"parameters":[{"name":"before","kind":"number","required":false},{"name":"limit","kind":"number","required":false}]},
  {"name":"auth.login","about":"Log in with the password; sets the cookie and answers the token, the two halves of the session","allow":"anyone","job":false,"parameters":[{"name":"password","kind":"secret","required":true}]},
  {"name":"auth.logout","about":"End the session this call belongs to","allow":"viewer","job":false,"parameters":[]},
  {"name":"auth.reset-password","about":"Change your password; every other session ends. Root needs no old one","allow":"viewer","job":false,"parameters":[{"name":"oldPassword","kind":"secret","required":false},{"name":"newPassword","kind":"secret","required":true}]},
  {"name":"auth.session.kill","about":"End sessions of yours","allow":"viewer","job":false,"parameters":[{"name":"ids","kind":"list","required":true}]},
  {"name":"auth.session.list","about":"List your sessions, the latest used first","allow":"viewer","job":false,"parameters":[]},
  {"name":"auth.token.create","about":"Make a token for a program; it is shown this once","allow":"owner","job":false,"parameters":[{"name":"name","kind":"text","required":true},{"name":"role","kind":"text","required":false,"choices":["owner","admin","viewer"]},{"name":"scopes","kind":"list","required":false,"about":"what it may call, within its role: package.start, or package.* for all beneath; everything unless told"},{"name":"days","kind":"number","required":false,"about":"how long it lasts; 90 unless told"}]},
  {"name":"auth.token.kill","about":"End tokens of programs","allow":"owner","job":false,"parameters":[{"name":"ids","kind":"list","required":true}]},
  {"name":"auth.token.list","about":"List the tokens of programs","allow":"owner","job":false,"parameters":[]},
  {"name":"auth.whoami","about":"Tell who is calling","allow":"anyone","job":false,"parameters":[]},
  {"name":"backup.create","about":"Back up services, all of them unless some are named","allow":"admin","job":true,"parameters":[{"name":"target","kind":"text","required":true},{"name":"services","kind":"list","required":false}]},
  {"name":"backup.kind.list","about":"List the kinds of places that plugins bring, the form of each, and whether they are to be had now","allow":"viewer","job":false,"parameters":[]},
  {"name":"backup.snapshot.list","about":"List the backups a target holds, the latest first","allow":"viewer","job":false,"parameters":[{"name":"target","kind":"text","required":true},{"name":"service","kind":"text","required":false}]},
  {"name":"backup.target.add","about":"Keep backups in a place, sealed with a password; opens the backups that are there","allow":"admin","job":false,"parameters":[{"name":"name","kind":"text","required":true},{"name":"kind","kind":"json","required":false,"about":"\"folder\", or a kind that a plugin brings"},{"name":"path","kind":"text","required":false,"about":"of a folder"},{"name":"settings","kind":"json","required":false,"about":"of any other kind: its form, filled in"},{"name":"password","kind":"secret","required":true}]},
  {"name":"backup.target.list","about":"List where backups go, with how the last one went","allow":"viewer","job":false,"parameters":[]},
  {"name":"backup.target.remove","about":"Forget a place for backups; the backups stay there","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true}]},
  {"name":"db.dump","about":"Print the public state, or the part of it a JSON pointer names","allow":"viewer","job":false,"parameters":[{"name":"pointer","kind":"text","required":false}]},
  {"name":"db.history","about":"List the latest changes of the state: who, when, which part, why","allow":"admin","job":false,"parameters":[{"name":"before","kind":"number","required":false},{"name":"limit","kind":"number","required":false}]},
  {"name":"db.repair","about":"Make a state that cannot be opened open again, with everything that can still be read","allow":"owner","job":false,"parameters":[]},
  {"name":"db.restore","about":"Take the state back to a snapshot; the kernel starts anew, services and their data stay as they are","allow":"owner","job":false,"parameters":[{"name":"snapshot","kind":"text","required":true}]},
  {"name":"db.snapshot.create","about":"Take a snapshot of the state","allow":"admin","job":false,"parameters":[]},
  {"name":"db.snapshot.list","about":"List the snapshots of the state there are to go back to, the latest first","allow":"admin","job":false,"parameters":[]},
  {"name":"echo","about":"Answer what was sent, to see whether the server is there","allow":"anyone","job":false,"parameters":[{"name":"message","kind":"text","required":true}]},
  {"name":"health.list","about":"List the checks of the server and of its services, with since when each result holds","allow":"viewer","job":false,"parameters":[]},
  {"name":"job.cancel","about":"Stop a job and take back what it did","allow":"admin","job":false,"parameters":[{"name":"job","kind":"text","required":true}]},
  {"name":"job.get","about":"Show one job","allow":"viewer","job":false,"parameters":[{"name":"job","kind":"text","required":true}]},
  {"name":"job.list","about":"List running jobs and those that ended lately, newest first","allow":"viewer","job":false,"parameters":[]},
  {"name":"job.wait","about":"Wait until a job is over, or for at most the given time, and show it","allow":"viewer","job":false,"parameters":[{"name":"job","kind":"text","required":true},{"name":"waitMs","kind":"number","required":false}]},
  {"name":"kernel.restart","about":"Start the kernel anew; services go on running","allow":"owner","job":false,"parameters":[]},
  {"name":"marketplace.check","about":"Look for updates of installed services now","allow":"admin","job":false,"parameters":[]},
  {"name":"marketplace.list","about":"List what can be installed, with its versions","allow":"viewer","job":false,"parameters":[{"name":"locale","kind":"text","required":false}]},
  {"name":"marketplace.plan","about":"Show what installing a service from a registry would do; only the head of the package is fetched","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"version","kind":"text","required":false},{"name":"registry","kind":"text","required":false},{"name":"acceptSigner","kind":"text","required":false}]},
  {"name":"net.address.list","about":"List the addresses of the server and of every interface of its services","allow":"viewer","job":false,"parameters":[]},
  {"name":"notification.list","about":"List what the server and its services have told, the latest first","allow":"viewer","job":false,"parameters":[{"name":"unseen","kind":"switch","required":false},{"name":"limit","kind":"number","required":false}]},
  {"name":"notification.mark-seen","about":"Mark notifications as seen","allow":"admin","job":false,"parameters":[{"name":"ids","kind":"list","required":true}]},
  {"name":"notification.remove","about":"Remove notifications for good","allow":"admin","job":false,"parameters":[{"name":"ids","kind":"list","required":true}]},
  {"name":"package.action.clear-task","about":"Dismiss a task of a service; a critical one only by force","allow":"admin","job":false,"parameters":[{"name":"packageId","kind":"text","required":true},{"name":"replayId","kind":"text","required":true},{"name":"force","kind":"switch","required":false}]},
  {"name":"package.action.get-input","about":"Ask a service what an action of it takes, and what it would be run with now","allow":"admin","job":false,"parameters":[{"name":"packageId","kind":"text","required":true},{"name":"actionId","kind":"text","required":true},{"name":"prefill","kind":"json","required":false}]},
  {"name":"package.action.run","about":"Run an action of a service","allow":"admin","job":false,"parameters":[{"name":"packageId","kind":"text","required":true},{"name":"actionId","kind":"text","required":true},{"name":"eventId","kind":"text","required":false},{"name":"input","kind":"json","required":false},{"name":"plan","kind":"text","required":false}]},
  {"name":"package.attach.close","about":"Hang up a terminal; what runs in it is told","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"attach","kind":"text","required":true}]},
  {"name":"package.attach.open","about":"Open a terminal in a subcontainer of a running service: its shell, or a command","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"subcontainer","kind":"text","required":false},{"name":"command","kind":"list","required":false},{"name":"user","kind":"text","required":false},{"name":"rows","kind":"number","required":false},{"name":"columns","kind":"number","required":false}]},
  {"name":"package.attach.read","about":"What a terminal showed since it was last asked, as base64; waits a while for something","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"attach","kind":"text","required":true},{"name":"waitMs","kind":"number","required":false}]},
  {"name":"package.attach.resize","about":"Tell a terminal its size","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"attach","kind":"text","required":true},{"name":"rows","kind":"number","required":true},{"name":"columns","kind":"number","required":true}]},
  {"name":"package.attach.write","about":"Type into a terminal: bytes as base64","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"attach","kind":"text","required":true},{"name":"data","kind":"text","required":true}]},
  {"name":"package.backup.restore","about":"Restore services that are not installed from a backup, the latest unless one is named","allow":"admin","job":true,"parameters":[{"name":"target","kind":"text","required":true},{"name":"ids","kind":"list","required":true},{"name":"snapshot","kind":"text","required":false}]},
  {"name":"package.cancel-install","about":"Stop an install or update that is under way and take back what it did","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true}]},
  {"name":"package.install","about":"Install a service from a registry, or bring an installed one to another version","allow":"admin","job":true,"parameters":[{"name":"id","kind":"text","required":true},{"name":"version","kind":"text","required":false},{"name":"registry","kind":"text","required":false},{"name":"acceptSigner","kind":"text","required":false},{"name":"start","kind":"switch","required":false},{"name":"expect","kind":"text","required":false},{"name":"plan","kind":"text","required":false}]},
  {"name":"package.list","about":"List the installed services","allow":"viewer","job":false,"parameters":[]},
  {"name":"package.logs","about":"Read the log of a service, oldest first; with a cursor, what came after it","allow":"viewer","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"after","kind":"text","required":false},{"name":"limit","kind":"number","required":false}]},
  {"name":"package.plan","about":"Show what installing an upload, removing, rebuilding or setting up a service would do, without doing it","allow":"admin","job":false,"parameters":[]},
  {"name":"package.rebuild","about":"Make the container of a service anew from its verified archive; its data stays","allow":"admin","job":true,"parameters":[{"name":"id","kind":"text","required":true},{"name":"plan","kind":"text","required":false}]},
  {"name":"package.restart","about":"Stop a running service and start it again","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true}]},
  {"name":"package.set-limits","about":"Limit what a service may use: memory, processor, processes, disk; null leaves it to package and server","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"memory","kind":"number","required":false},{"name":"cpuWeight","kind":"number","required":false},{"name":"pids","kind":"number","required":false},{"name":"ioWeight","kind":"number","required":false},{"name":"disk","kind":"number","required":false}]},
  {"name":"package.sideload","about":"Install or update a service from an uploaded archive","allow":"admin","job":true,"parameters":[{"name":"upload","kind":"text","required":true},{"name":"expect","kind":"text","required":false},{"name":"start","kind":"switch","required":false},{"name":"quickTrial","kind":"switch","required":false},{"name":"plan","kind":"text","required":false}]},
  {"name":"package.start","about":"Start a service, and keep it running from now on","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"withDependencies","kind":"switch","required":false}]},
  {"name":"package.stats","about":"Show what a service uses of the machine; null while its container is down","allow":"viewer","job":false,"parameters":[{"name":"id","kind":"text","required":true}]},
  {"name":"package.stop","about":"Stop a service; by force at once, where its stop hangs","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"force","kind":"switch","required":false},{"name":"withDependants","kind":"switch","required":false}]},
  {"name":"package.uninstall","about":"Remove a service, with its data unless it is to be kept","allow":"admin","job":true,"parameters":[{"name":"id","kind":"text","required":true},{"name":"soft","kind":"switch","required":false},{"name":"force","kind":"switch","required":false},{"name":"plan","kind":"text","required":false}]},
  {"name":"plugin.audit.list","about":"List what a plugin asked of the server, the latest first, and whether the log is as it was written","allow":"owner","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"before","kind":"number","required":false},{"name":"limit","kind":"number","required":false}]},
  {"name":"plugin.disable","about":"Stop a plugin and leave it off; its data stays","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true}]},
  {"name":"plugin.enable","about":"Run a plugin from now on, also one that ended too often","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true}]},
  {"name":"plugin.grant","about":"Set what a plugin may do: exactly these, of what it asks for","allow":"owner","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"capabilities","kind":"list","required":true}]},
  {"name":"plugin.inspect","about":"Tell what an uploaded plugin is, who signed it, and what it asks beside what it was granted until now","allow":"owner","job":false,"parameters":[{"name":"upload","kind":"text","required":true}]},
  {"name":"plugin.install","about":"Install or update a plugin from an uploaded archive, and grant what it asks for","allow":"owner","job":false,"parameters":[{"name":"upload","kind":"text","required":true},{"name":"expect","kind":"text","required":false},{"name":"grant","kind":"list","required":false}]},
  {"name":"plugin.list","about":"List the plugins, what each may do in words, and how they run","allow":"viewer","job":false,"parameters":[]},
  {"name":"plugin.logs","about":"Show the latest of what a plugin wrote","allow":"admin","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"limit","kind":"number","required":false}]},
  {"name":"plugin.remove","about":"Remove a plugin, with its data unless it is to be kept","allow":"owner","job":false,"parameters":[{"name":"id","kind":"text","required":true},{"name":"keepData","kind":"switch","required":false}]},
  {"name":"registry.add","about":"Add a registry: the address of a folder with an index.json (https, http or file)","allow":"admin","job":false,"parameters":[{"name":"url","kind":"text","required":true}]},
  {"name":"registry.list","about":"List the registries services are found in","allow":"viewer","job":false,"parameters":[]},
  {"name":"registry.remove","about":"Remove a registry. What was installed from it stays","allow":"admin","job":false,"parameters":[{"name":"url","kind":"text","required":true}]},
  {"name":"server.clear-smtp","about":"Forget the mail server","allow":"owner","job":false,"parameters":[]},
  {"name":"server.set-smtp","about":"Set the mail server that services may send by; a password that is left out stays as it is","allow":"owner","job":false,"parameters":[{"name":"host","kind":"text","required":true},{"name":"port","kind":"number","required":true},{"name":"from","kind":"text","required":true},{"name":"username","kind":"text","required":false},{"name":"password","kind":"secret","required":false},{"name":"security","kind":"text","required":false,"choices":["starttls","tls"]}]},
  {"name":"server.start-services","about":"Take back the stop of every service: those that are wanted start again","allow":"owner","job":false,"parameters":[]},
  {"name":"server.status","about":"Tell how the server is called and how it does","allow":"anyone","job":false,"parameters":[]},
  {"name":"server.stop-services","about":"Stop every service in order, those that need others first; what was running comes back at the next boot","allow":"owner","job":false,"parameters":[{"name":"withinMs","kind":"number","required":false}]},
  {"name":"server.test-smtp","about":"Send a test message by the mail server that is set","allow":"owner","job":false,"parameters":[{"name":"to","kind":"text","required":true}]},
  {"name":"setup.execute","about":"Name the server and choose the password of its owner; once","allow":"anyone","job":false,"parameters":[{"name":"code","kind":"secret","required":false},{"name":"name","kind":"text","required":true},{"name":"password","kind":"secret","required":true}]},
  {"name":"setup.status","about":"Tell whether the server has been set up","allow":"anyone","job":false,"parameters":[]},
  {"name":"support.bundle","about":"Collect what somebody who helps needs to see, without secrets","allow":"admin","job":false,"parameters":[]},
];
