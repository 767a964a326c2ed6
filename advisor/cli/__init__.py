"""The command line: reads flags and files, calls the pipeline, prints; decides nothing."""
