# cmake -D RANKS=<n> -P smoke.cmake -- <command...>: the command must succeed and print every line of its report.
set(command "")
set(after_dashes OFF)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
  if(after_dashes)
    list(APPEND command "${CMAKE_ARGV${i}}")
  elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
    set(after_dashes ON)
  endif()
endforeach()
execute_process(COMMAND ${command} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE errors)
message("${output}${errors}")
if(NOT code EQUAL 0)
  message(FATAL_ERROR "exit code ${code}")
endif()

set(number "[0-9]+\\.[0-9]+")
set(expected "instruction set" "round 1 " "round 2 ")
if(RANKS EQUAL 1)
  list(APPEND expected
    "\\(a\\) oneDNN GEMM +${number} GFLOP/s" "\\(b\\) prefill +${number} GFLOP/s"
    "\\(c\\) memory read +${number} GB/s" "\\(d\\) decode +${number} GB/s"
    "prefill / oneDNN GEMM +min ${number}  median ${number}  max ${number}"
    "decode / memory read +min ${number}  median ${number}  max ${number}")
else()
  list(APPEND expected
    "prefill tp=${RANKS} / one rank +min ${number}  median ${number}  max ${number}"
    "decode tp=${RANKS} / one rank +min ${number}  median ${number}  max ${number}"
    "prefill communicate +min ${number}  median ${number}  max ${number}"
    "prefill wait +min ${number}  median ${number}  max ${number}"
    "decode communicate +min ${number}  median ${number}  max ${number}"
    "decode wait +min ${number}  median ${number}  max ${number}")
endif()
foreach(line IN LISTS expected)
  if(NOT output MATCHES "${line}")
    message(FATAL_ERROR "no line matches \"${line}\"")
  endif()
endforeach()
