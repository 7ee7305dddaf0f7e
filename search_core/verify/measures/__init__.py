"""What a report card measures, one question a module: plain tables in, JSON values out.

They know no file, no model and no page. Every interval draws the same problems again
(`search_core.evaluation.intervals.Resampling`). `search_core.verify.card` puts them together.
"""
