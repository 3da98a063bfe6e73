"""The console in the browser: the classroom and the threshold workbench, rendered on the server.

A folder for each thing people do: `people` (signing in), `gallery` and `sittings` (the trainer), `seats` (the
trainee), `debrief`, `materials`, `workbench`. `classroom` holds the tables that a trainee's page may read,
`sealed` the answers, behind one door. Pages work without JavaScript and ask no other host for anything.
"""
